/**
 * What adds each command, in the order of `--help`: a new one has a file here, and a row. A command is loaded when it is
 * run, and for nothing else.
 */
export const COMMANDS = {
  doctor: async () => (await import("./doctor.js")).addDoctor,
  bootstrap: async () => (await import("./bootstrap.js")).addBootstrap,
  lock: async () => (await import("./lock.js")).addLock,
  report: async () => (await import("./report.js")).addReport,
  comment: async () => (await import("./comment.js")).addComment,
  cost: async () => (await import("./cost.js")).addCost,
  drift: async () => (await import("./drift.js")).addDrift,
  scan: async () => (await import("./scan.js")).addScan,
  new: async () => (await import("./new.js")).addNew,
  local: async () => (await import("./local.js")).addLocal,
  list: async () => (await import("./list.js")).addList,
  graph: async () => (await import("./graph.js")).addGraph,
  affected: async () => (await import("./affected.js")).addAffected,
  watch: async () => (await import("./watch.js")).addWatch,
  plan: async () => (await import("./plan.js")).addPlan,
  artifact: async () => (await import("./artifact.js")).addArtifact,
  image: async () => (await import("./image.js")).addImage,
  preview: async () => (await import("./preview.js")).addPreview,
  runner: async () => (await import("./runner.js")).addRunner,
  gitops: async () => (await import("./gitops.js")).addGitops,
  notify: async () => (await import("./notify.js")).addNotify,
  apply: async () => (await import("./apply.js")).addApply,
  destroy: async () => (await import("./destroy.js")).addDestroy,
  state: async () => (await import("./state.js")).addState,
  completion: async () => (await import("./completion.js")).addCompletion,
};

/** Those that programs call, and no help names. */
export const HIDDEN = {
  complete: async () => (await import("./completion.js")).addComplete,
};
