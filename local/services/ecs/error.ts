/** An error of the ECS API. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
export class EcsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function invalid(message: string): EcsError {
  return new EcsError("InvalidParameterException", message);
}

/** Refuses what a client asks for that cannot be done as things are. */
export function clientError(message: string): EcsError {
  return new EcsError("ClientException", message);
}
