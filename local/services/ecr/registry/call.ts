import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHead } from "../../../gateway/exchange";
import type { Images, RepositoryKey } from "../images/images";
import type { Repository } from "../images/repositories";

/** A request to one repository of the registry. */
export interface Call {
  readonly head: RequestHead;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly images: Images;
  readonly key: RepositoryKey;
  readonly repository: Repository;

  /** Tag, digest or id that the path names. */
  readonly reference: string;
  readonly query: URLSearchParams;
}
