/** An error of the ECR API. */
export class EcrError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
