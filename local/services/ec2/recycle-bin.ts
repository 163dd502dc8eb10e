import { ofOperations } from "../../gateway/corrections";

/**
 * Images in the Recycle Bin, of which moto has no operation: no rule holds one here.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ListImagesInRecycleBin.html
 */
export const recycleBin = ofOperations(["ListImagesInRecycleBin"], async ({ operation = "" }) => ({
  status: 200,
  headers: { "content-type": "text/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>00000000-0000-0000-0000-000000000000</requestId><imageSet/></${operation}Response>`,
}));
