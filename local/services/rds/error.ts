/** An error of the RDS API. @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html */
export class RdsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export function instanceNotFound(identifier: string): RdsError {
  return new RdsError("DBInstanceNotFound", `DBInstance ${identifier} not found.`, 404);
}
