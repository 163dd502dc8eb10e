import { HttpError, type HttpEvent, type HttpResponse, json } from "./http";
import { answer } from "./routes";

/** Answers an event of the HTTP API, and writes a line for each that ends with an error. */
export async function handler(event: HttpEvent): Promise<HttpResponse> {
  try {
    return answer(event, process.env);
  } catch (error) {
    if (error instanceof HttpError) return json(error.statusCode, { message: error.message }, error.headers);
    // Thrown on: Lambda counts it as an error, and the alarm goes by that.
    console.error(error);
    throw error;
  }
}
