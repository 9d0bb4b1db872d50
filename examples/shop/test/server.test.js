import test from "node:test";

test("the shop opens", () => {});
