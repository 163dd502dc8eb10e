import { refuseWorkspace } from "../../../cli/bootstrap/refusals";
import { stateStacks } from "../../../cli/project/backend";
import { findProject, readStacks } from "../../../cli/project/project";
import { stateProject } from "../project";

const { TF_WORKSPACE } = process.env;
afterEach(() => {
  delete process.env.TF_WORKSPACE;
  if (TF_WORKSPACE !== undefined) process.env.TF_WORKSPACE = TF_WORKSPACE;
});

test.each([
  ["default", undefined],
  ["blue", /in the workspace default, and this is blue\n.*state\n.*unset TF_WORKSPACE/],
])("in the workspace %s the bucket is made: %s", (workspace, refusal) => {
  process.env.TF_WORKSPACE = workspace;
  const project = stateProject({ bucket: "states" });
  const [target] = stateStacks(readStacks(findProject(project.folder)));
  project.remove();
  if (!target) throw new Error("no state stack");
  if (refusal) expect(() => refuseWorkspace(target)).toThrow(refusal);
  else expect(() => refuseWorkspace(target)).not.toThrow();
});
