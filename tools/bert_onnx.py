"""A BERT sentence encoder as an ONNX graph, written from its weights without PyTorch.

Mean pooling over the real tokens and normalisation to unit length are inside the graph, so that
token ids go in and sentence vectors come out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array: TypeAlias = npt.NDArray[np.float32]
OPSET = 17  # the first with LayerNormalization
IR_VERSION = 8
EPSILON = 1e-12


@dataclass(frozen=True)
class Shape:
    layers: int
    heads: int
    width: int

    @property
    def head_width(self) -> int:
        return self.width // self.heads


@dataclass
class Graph:
    """Collects nodes and constants; each method returns the name of its result."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def op(self, kind: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def linear(self, value: str, weight: str, bias: str, name: str) -> str:
        return self.op("Add", [self.op("MatMul", [value, weight], f"{name}/matmul"), bias], name)

    def scalar(self, value: float) -> str:
        return self.constant(f"scalar_{value:g}", np.array(value, dtype=np.float32))

    def integers(self, *values: int) -> str:
        name = "shape_" + "_".join(str(v).replace("-", "m") for v in values)
        return self.constant(name, np.array(values, dtype=np.int64))


class Bert:
    """Builds the graph; `weights` carry the names of the published checkpoint."""

    def __init__(self, weights: Mapping[str, Array], shape: Shape):
        self.weights, self.shape, self.graph = weights, shape, Graph()

    def build(self) -> onnx.ModelProto:
        mask = self.graph.op("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
        bias = self._mask_bias(mask)
        hidden = self._embed()
        for layer in range(self.shape.layers):
            hidden = self._layer(hidden, bias, layer)
        self._pool(hidden, mask)
        return self._model()

    def _weight(self, name: str) -> str:
        return self.graph.constant(name, self.weights[name])

    def _linear(self, value: str, part: str) -> str:
        weight = self.graph.constant(f"{part}.weight", self.weights[f"{part}.weight"].T)
        return self.graph.linear(value, weight, self._weight(f"{part}.bias"), part)

    def _normalise(self, value: str, part: str) -> str:
        inputs = [value, self._weight(f"{part}.weight"), self._weight(f"{part}.bias")]
        return self.graph.op("LayerNormalization", inputs, part, axis=-1, epsilon=EPSILON)

    def _mask_bias(self, mask: str) -> str:
        """0 for a real token and a very low score for padding."""
        wide = self.graph.op("Unsqueeze", [mask, self.graph.integers(1, 2)], "mask_wide")
        away = self.graph.op("Sub", [self.graph.scalar(1.0), wide], "mask_away")
        return self.graph.op("Mul", [away, self.graph.scalar(-10000.0)], "mask_bias")

    def _embed(self) -> str:
        graph, part = self.graph, "embeddings"
        words = self._weight(f"{part}.word_embeddings.weight")
        word = graph.op("Gather", [words, "input_ids"], "word")
        # Every token is of segment 0, so its vector is folded into the positions.
        segment = self.weights[f"{part}.token_type_embeddings.weight"][0]
        places = graph.constant(
            "positions", self.weights[f"{part}.position_embeddings.weight"] + segment
        )
        length = graph.op(
            "Slice",
            [
                graph.op("Shape", ["input_ids"], "ids_shape"),
                *(graph.integers(n) for n in (1, 2, 0)),
            ],
            "length",
        )
        place = graph.op(
            "Slice", [places, graph.integers(0), length, graph.integers(0)], "position"
        )
        return self._normalise(graph.op("Add", [word, place], "embedded"), f"{part}.LayerNorm")

    def _layer(self, hidden: str, bias: str, number: int) -> str:
        graph, part = self.graph, f"encoder.layer.{number}"
        context = self._attend(hidden, bias, f"{part}.attention.self")
        attended = self._linear(context, f"{part}.attention.output.dense")
        residual = graph.op("Add", [attended, hidden], f"{part}/attended")
        middle = self._normalise(residual, f"{part}.attention.output.LayerNorm")
        wide = self._gelu(self._linear(middle, f"{part}.intermediate.dense"), part)
        narrow = self._linear(wide, f"{part}.output.dense")
        residual = graph.op("Add", [narrow, middle], f"{part}/fed")
        return self._normalise(residual, f"{part}.output.LayerNorm")

    def _attend(self, hidden: str, bias: str, part: str) -> str:
        graph = self.graph
        query = self._split(self._linear(hidden, f"{part}.query"), [0, 2, 1, 3])
        key = self._split(self._linear(hidden, f"{part}.key"), [0, 2, 3, 1])
        value = self._split(self._linear(hidden, f"{part}.value"), [0, 2, 1, 3])
        root = graph.scalar(float(np.sqrt(self.shape.head_width)))
        scores = graph.op("MatMul", [query, key], f"{part}/scores")
        scaled = graph.op("Div", [scores, root], f"{part}/scaled")
        masked = graph.op("Add", [scaled, bias], f"{part}/masked")
        shares = graph.op("Softmax", [masked], f"{part}/shares", axis=-1)
        mixed = graph.op("MatMul", [shares, value], f"{part}/mixed")
        joined = graph.op("Transpose", [mixed], f"{part}/joined", perm=[0, 2, 1, 3])
        flat = graph.integers(0, 0, self.shape.width)
        return graph.op("Reshape", [joined, flat], f"{part}/context")

    def _split(self, value: str, order: list[int]) -> str:
        into = self.graph.integers(0, 0, self.shape.heads, self.shape.head_width)
        split = self.graph.op("Reshape", [value, into], f"{value}/split")
        return self.graph.op("Transpose", [split], f"{value}/heads", perm=order)

    def _gelu(self, value: str, part: str) -> str:
        graph = self.graph
        root = graph.scalar(float(np.sqrt(2.0)))
        erf = graph.op("Erf", [graph.op("Div", [value, root], f"{part}/by_root")], f"{part}/erf")
        shifted = graph.op("Add", [erf, graph.scalar(1.0)], f"{part}/shifted")
        gated = graph.op("Mul", [value, shifted], f"{part}/gated")
        return graph.op("Mul", [gated, graph.scalar(0.5)], f"{part}/gelu")

    def _pool(self, hidden: str, mask: str) -> None:
        graph = self.graph
        column = graph.op("Unsqueeze", [mask, graph.integers(2)], "mask_column")
        real = graph.op("Mul", [hidden, column], "real_tokens")
        total = graph.op("ReduceSum", [real, graph.integers(1)], "total", keepdims=0)
        count = graph.op("ReduceSum", [column, graph.integers(1)], "count", keepdims=0)
        mean = graph.op("Div", [total, count], "mean")
        length = graph.op("ReduceL2", [mean], "length_of_mean", axes=[1], keepdims=1)
        graph.op("Div", [mean, length], "sentence")

    def _model(self) -> onnx.ModelProto:
        def tokens(name: str) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"])

        sentence = helper.make_tensor_value_info(
            "sentence", TensorProto.FLOAT, ["rows", self.shape.width]
        )
        graph = helper.make_graph(
            self.graph.nodes,
            "sentence_encoder",
            [tokens("input_ids"), tokens("attention_mask")],
            [sentence],
            initializer=list(self.graph.constants.values()),
        )
        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opset, producer_name="recovery-guide")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model)
        return model
