import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces, safeLink } from "./rich-text";

const FOUND: [string, string[]][] = [
  ["Call or text 988.", ["tel:988"]],
  ["You can text 988, or call 911.", ["sms:988", "tel:911"]],
  ["Text HOME to 741741", ["sms:741741"]],
  ["Call 1-800-GAMBLER or 1-800-QUIT-NOW", ["tel:+18004262537", "tel:+18007848669"]],
  ["(866) 929-0179", ["tel:+18669290179"]],
  ["See findtreatment.gov.", ["https://findtreatment.gov"]],
  ["988lifeline.org", ["https://988lifeline.org"]],
  ["mail a.b@clinic.org", []],
  ["$911, 9:11, 12-911, ticket RG-988-2, 9880", []],
  ["javascript:alert(1)", []],
  ["Your number is R-7K2M9P.", []],
];

for (const [text, links] of FOUND) {
  test(`links in: ${text}`, () => {
    const found = pieces(text);
    assert.deepEqual(found.flatMap((piece) => piece.href ?? []), links);
    assert.equal(found.map((piece) => piece.text).join(""), text);
  });
}

test("a request number does not break over two lines", () => {
  assert.deepEqual(pieces("It is R-7K2M9P.")[1], { text: "R-7K2M9P", whole: true });
});

test("only addresses that do nothing but lead somewhere are followed", () => {
  for (const url of ["javascript:alert(1)", "data:text/html,x", "//evil.example", " tel:1", 7, null]) {
    assert.equal(safeLink(url), null, `${url}`);
  }
  assert.equal(safeLink("sms:988?body=hi"), "sms:988?body=hi");
});
