import { S3Client } from "@aws-sdk/client-s3";
import { programBucket } from "../../runner-core/src/aws/program-bucket";
import { fleetContext } from "../../runner-core/src/fleet-context";
import { renewProgram } from "../../runner-core/src/program";

const { sessionOf, settings, log } = fleetContext(process.env);
const store = programBucket(new S3Client({}), settings.programBucket);

/** Brings the newest program of the runner into the bucket, when a schedule calls it. */
export async function handler(): Promise<void> {
  await renewProgram(sessionOf(""), store, settings.apiUrl, log);
}
