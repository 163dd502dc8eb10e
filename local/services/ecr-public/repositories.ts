import { Store } from "../../files/store";
import { errorResponse } from "../../gateway/errors";
import { jsonResponse, type Place, type WholeRequest, type WholeResponse } from "../../gateway/exchange";
import type { OwnService } from "../../gateway/service";

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** One public repository. */
interface Repository {
  readonly name: string;

  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly catalogData: Readonly<Record<string, unknown>>;
  readonly policy?: string | undefined;
  readonly tags: readonly Tag[];
}

/** Repositories by name, of each account. */
type Document = Record<string, Record<string, Repository>>;

type Input = Readonly<Record<string, unknown>>;

/** An error of the ECR Public API. */
class EcrPublicError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What an operation is asked, and where. */
interface Call {
  readonly input: Input;
  readonly place: Place;
}

const NAME = /^(?=.{2,205}$)[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/;

/**
 * Public repositories: made, described with what the gallery shows of them, and removed. No image is pushed to one; whoever
 * asks for one of these gets what moto answers.
 *
 * @see https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_CreateRepository.html
 */
export class PublicRepositories implements OwnService {
  private readonly store: Store<Document>;

  private readonly operations: Readonly<Record<string, (call: Call) => object>> = {
    CreateRepository: (call) => this.create(call),
    DescribeRepositories: (call) => this.describe(call),
    DeleteRepository: (call) => {
      const found = this.find(call);
      this.put(call.place, found.name, undefined);
      return { repository: described(found, call.place) };
    },
    GetRepositoryCatalogData: (call) => ({ catalogData: this.find(call).catalogData }),
    PutRepositoryCatalogData: (call) => {
      const catalogData = catalogOf(call.input);
      this.put(call.place, nameIn(call.input), { ...this.find(call), catalogData });
      return { catalogData };
    },
    GetRepositoryPolicy: (call) => policyAnswer(this.find(call), call.place),
    SetRepositoryPolicy: (call) => {
      const changed = { ...this.find(call), policy: String(call.input.policyText ?? "") };
      this.put(call.place, changed.name, changed);
      return policyAnswer(changed, call.place);
    },
    DeleteRepositoryPolicy: (call) => {
      const found = this.find(call);
      const answer = policyAnswer(found, call.place);
      this.put(call.place, found.name, { ...found, policy: undefined });
      return answer;
    },
    ListTagsForResource: (call) => ({ tags: this.findByArn(call).tags }),
    TagResource: (call) => {
      const found = this.findByArn(call);
      const given = tagsOf(call.input);
      const kept = found.tags.filter(({ Key }) => !given.some((tag) => tag.Key === Key));
      this.put(call.place, found.name, { ...found, tags: [...kept, ...given] });
      return {};
    },
    UntagResource: (call) => {
      const found = this.findByArn(call);
      const keys = Array.isArray(call.input.tagKeys) ? call.input.tagKeys.map(String) : [];
      this.put(call.place, found.name, {
        ...found,
        tags: found.tags.filter(({ Key }) => !keys.includes(Key)),
      });
      return {};
    },
  };

  /** @param file - where they are kept; undefined for memory only. */
  constructor(file: string | undefined) {
    this.store = new Store<Document>(file, () => ({}));
  }

  answers(operation: string): boolean {
    return operation in this.operations;
  }

  answer(request: WholeRequest, place: Place): WholeResponse {
    try {
      const input = JSON.parse(request.body.toString() || "{}") as Input;
      return jsonResponse(200, this.operations[request.operation]?.({ input, place }) ?? {});
    } catch (error) {
      if (!(error instanceof EcrPublicError)) throw error;
      return errorResponse(request, { status: 400, code: error.code, message: error.message });
    }
  }

  reset(): void {
    this.store.reset();
  }

  private create({ input, place }: Call): object {
    const name = nameIn(input);
    if (!NAME.test(name))
      throw new EcrPublicError(
        "InvalidParameterException",
        `Invalid parameter at 'repositoryName': ${JSON.stringify(name)}`,
      );
    if (this.of(place)[name])
      throw new EcrPublicError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${place.account}'`,
      );
    const repository = {
      name,
      createdAt: Math.floor(Date.now() / 1000),
      catalogData: catalogOf(input),
      tags: tagsOf(input),
    };
    this.put(place, name, repository);
    return { repository: described(repository, place), catalogData: repository.catalogData };
  }

  private describe({ input, place }: Call): object {
    const names = Array.isArray(input.repositoryNames) ? input.repositoryNames.map(String) : undefined;
    const found = names
      ? names.map((name) => this.find({ input: { repositoryName: name }, place }))
      : Object.values(this.of(place));
    return { repositories: found.map((one) => described(one, place)) };
  }

  private find({ input, place }: Call): Repository {
    const name = nameIn(input);
    const found = this.of(place)[name];
    if (found) return found;
    throw new EcrPublicError(
      "RepositoryNotFoundException",
      `The repository with name '${name}' does not exist in the registry with id '${place.account}'`,
    );
  }

  private findByArn({ input, place }: Call): Repository {
    const name = String(input.resourceArn ?? "").split(":repository/")[1] ?? "";
    return this.find({ input: { repositoryName: name }, place });
  }

  private of({ account }: Place): Readonly<Record<string, Repository>> {
    return this.store.value[account] ?? {};
  }

  private put(place: Place, name: string, repository: Repository | undefined): void {
    this.store.change((document) => {
      const { [name]: _before, ...rest } = this.of(place);
      document[place.account] = repository ? { ...rest, [name]: repository } : rest;
    });
  }
}

function nameIn(input: Input): string {
  return String(input.repositoryName ?? "");
}

function tagsOf(input: Input): readonly Tag[] {
  return Array.isArray(input.tags) ? (input.tags as readonly Tag[]) : [];
}

/** What the gallery shows; the logo is not kept. */
function catalogOf(input: Input): Readonly<Record<string, unknown>> {
  const { logoImageBlob: _logo, ...catalog } = (input.catalogData ?? {}) as Record<string, unknown>;
  return catalog;
}

/** @see https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_Repository.html */
function described({ name, createdAt }: Repository, { account }: Place): object {
  return {
    repositoryArn: `arn:aws:ecr-public::${account}:repository/${name}`,
    registryId: account,
    repositoryName: name,
    repositoryUri: `public.ecr.aws/${account}/${name}`,
    createdAt,
  };
}

function policyAnswer({ name, policy }: Repository, { account }: Place): object {
  if (policy !== undefined) return { registryId: account, repositoryName: name, policyText: policy };
  throw new EcrPublicError(
    "RepositoryPolicyNotFoundException",
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  );
}
