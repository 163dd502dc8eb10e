import type { Service } from "../service";

export const lambda: Service = {
  name: "lambda",
  engine: "ministack",
  why: "runs functions",
  patches: ["patch.py", "permissions.py", "python_functions.py", "images.py"],
};
