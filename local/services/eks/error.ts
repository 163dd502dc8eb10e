/** Errors of the EKS API, and the HTTP status of each. */
const STATUS = {
  BadRequestException: 400,
  InvalidParameterException: 400,
  InvalidRequestException: 400,
  NotFoundException: 404,
  ResourceInUseException: 409,
  ResourceNotFoundException: 404,
  UnsupportedAvailabilityZoneException: 400,
} as const;

/** What an error is about; the SDKs read it from the body beside the message. */
export interface About {
  readonly clusterName?: string;
  readonly nodegroupName?: string;
  readonly fargateProfileName?: string;
  readonly addonName?: string;
}

/**
 * An error of the EKS API.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/CommonErrors.html
 */
export class EksError extends Error {
  constructor(
    readonly code: keyof typeof STATUS,
    message: string,
    readonly about: About = {},
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }
}

/** A parameter that EKS does not take. */
export function invalid(message: string, about: About = {}): EksError {
  return new EksError("InvalidParameterException", message, about);
}
