import { Token } from "cdktf";
import { wholeFaults } from "../../../modules/core/whole";

test.each([1, 5, 10, Token.asNumber("${var.size}")])("%s is taken", (value) => {
  expect(wholeFaults("size", value, 1, 10, 3)).toEqual([]);
});

test.each([0, 11, 1.5, Number.NaN])("planted fault: %s is not, and what to write is said", (value) => {
  expect(wholeFaults("size", value, 1, 10, 3)).toEqual([
    { what: `size is ${value}`, instead: "use a whole number of 1 to 10, e.g. 3" },
  ]);
});
