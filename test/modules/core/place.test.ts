import { namePrefix, placeOf } from "@groundplan/modules/core";

test("parameters and names are the platform's and the environment's", () => {
  expect(placeOf({ name: "alpha" }, "dev")).toEqual({ platform: "alpha", environment: "dev" });
  expect(namePrefix({ name: "alpha" }, "dev")).toBe("alpha-dev");
});

test("legacyNames keeps both as they were before names carried the platform's", () => {
  expect(placeOf({ name: "alpha", legacyNames: true }, "dev")).toEqual({
    platform: "groundplan",
    environment: "dev",
  });
  expect(namePrefix({ name: "alpha", legacyNames: true }, "dev")).toBe("dev");
});
