/** Variables by which a git hook would lead our git elsewhere, each taken away. */
export const WITHOUT_HOOKS = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_PREFIX: undefined,
} as const;
