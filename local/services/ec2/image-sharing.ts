import { ofOperations } from "../../gateway/corrections";

/** What moto has no operation of, as an account answers that has set nothing of it. */
const ANSWERS: Readonly<Record<string, string>> = {
  // No rule of the Recycle Bin holds an image.
  ListImagesInRecycleBin: "<imageSet/>",
  GetImageBlockPublicAccessState: "<imageBlockPublicAccessState>unblocked</imageBlockPublicAccessState>",
};

/**
 * Who may be given an image, and what becomes of one that is deregistered. Neither can be set here.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetImageBlockPublicAccessState.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ListImagesInRecycleBin.html
 */
export const imageSharing = ofOperations(Object.keys(ANSWERS), async ({ operation = "" }) => ({
  status: 200,
  headers: { "content-type": "text/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>00000000-0000-0000-0000-000000000000</requestId>${ANSWERS[operation] ?? ""}</${operation}Response>`,
}));
