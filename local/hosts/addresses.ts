/** Addresses inside the namespaces of the host; all are link-local, so that no VPC has them. */

/** Default route of every task, and where AWS is at the gateway's port. */
export const HOST_ADDRESS = "169.254.170.1";

/** Metadata and credentials of tasks. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html */
export const METADATA_ADDRESS = "169.254.170.2";

/** Metadata and credentials of instances. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html */
export const INSTANCE_METADATA_ADDRESS = "169.254.169.254";

/** The resolver of every VPC. @see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
export const RESOLVER_ADDRESS = "169.254.169.253";

/** Name of AWS inside the tasks: `AWS_ENDPOINT_URL` is `http://aws.localhost:<port of the gateway>`. */
export const AWS_NAME = "aws.localhost";
