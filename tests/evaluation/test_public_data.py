"""Reading BANKING77 and CLINC150 from the user's files."""

import json
from pathlib import Path

import pytest

from evaluation.public_data import PublicDataError, read_task, shots


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_banking_comes_as_two_csv_files(tmp_path: Path) -> None:
    train = written(tmp_path, "train.csv", '\ufefftext,category\n"a card,\nlost",lost\nhi,hello\n')
    test = written(tmp_path, "test.csv", "text,label\nwhere is it,lost\n")
    task = read_task(train, test)
    assert task.train == [("a card,\nlost", "lost"), ("hi", "hello")]
    assert task.test == [("where is it", "lost")]
    assert task.outside == []


def test_clinc_comes_as_one_json_file_with_its_own_test(tmp_path: Path) -> None:
    content = {
        "train": [["book a flight", "flight"], ["what time is it", "time"]],
        "val": [["fly me", "flight"]],
        "test": [["the time", "time"]],
        "oos_train": [["sing", "oos"]],
        "oos_test": [["how tall is he", "oos"]],
    }
    task = read_task(written(tmp_path, "data_full.json", json.dumps(content)), None)
    assert (len(task.train), task.test) == (2, [("the time", "time")])
    assert task.outside == ["how tall is he"]


def test_rows_out_of_scope_in_a_csv_are_asked_and_not_learned(tmp_path: Path) -> None:
    train = written(tmp_path, "train.csv", "text,intent\na,one\nb,two\nc,oos\n")
    test = written(tmp_path, "test.csv", "text,intent\na,one\nd,oos\n")
    task = read_task(train, test)
    assert [label for _, label in task.train] == ["one", "two"]
    assert (task.test, task.outside) == ([("a", "one")], ["d"])


def test_as_many_examples_of_each_label_are_drawn_and_always_the_same() -> None:
    examples = [(f"text {n}", "many") for n in range(50)] + [("only", "one")]
    drawn = shots(examples, 10, seed=3)
    assert [label for _, label in drawn].count("many") == 10
    assert ("only", "one") in drawn
    assert drawn == shots(examples, 10, seed=3) != shots(examples, 10, seed=4)
    assert len(shots(examples, 0, seed=3)) == 51


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "needs the columns text"),
        ("a.csv", "text,kind\nhi,greet\n", "needs the columns text"),
        ("a.csv", "text,label\n,greet\n", "a.csv:2: the text or the label is empty"),
        ("a.csv", "text,label\nhi\n", "a.csv:2: the text or the label is empty"),
        ("a.csv", 'text,label\n"hi,greet\n', "not a valid CSV"),
        ("a.csv", b"text,label\n\xff\xfe,greet\n", "not UTF-8"),
        ("a.csv", "text,label\nhi,greet\n", "two labels to learn"),
        ("a.json", "{", "a.json:1: not valid JSON"),
        ("a.json", '{"train": []}', "key missing: test"),
        ("a.json", "[]", "key missing: test, train"),
        ("a.json", '{"train": {}, "test": []}', "train is not a list"),
        ("a.json", '{"train": [["hi"]], "test": []}', "train[0] is not [text, label]"),
        ("a.json", '{"train": [["a", "b"], ["c", "d"]], "test": []}', "one row to test"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(PublicDataError) as error:
        read_task(path, path if name.endswith(".csv") else None)
    assert message in str(error.value)


def test_a_missing_file_a_missing_test_and_a_test_too_many_are_named(tmp_path: Path) -> None:
    train = written(tmp_path, "train.csv", "text,label\na,one\nb,two\n")
    strange = written(tmp_path, "strange.csv", "text,label\na,three\n")
    for first, second, message in (
        (tmp_path / "none.csv", train, "cannot be read"),
        (train, None, "TEST=test.csv"),
        (tmp_path / "a.json", train, "leave TEST out"),
        (train, strange, "label 'three' is not in the training part"),
    ):
        with pytest.raises(PublicDataError) as error:
            read_task(first, second)
        assert message in str(error.value)
