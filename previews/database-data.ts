import { MIGRATION_COLUMNS } from "./migration-tables";

/**
 * How a preview's new database gets its first data, as scripts of a shell in PostgreSQL's own image. They run as the
 * preview's own role, before the migrations of the branch, and load all or nothing: a database with tables is left as it is.
 */

/** Tables that somebody made. */
const OWN_TABLES = "c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/** Ends well where there is something already: a push, or a run that was killed after it had loaded all. */
const UNLESS_LOADED = `tables=$(psql -XAtqc "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN_TABLES}")
if [ "$tables" != 0 ]; then echo "the database has tables: nothing is loaded"; exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
`;

/**
 * Loads the dump at SEED_URL, if it is the one of SEED_SHA256: SQL or the custom format of pg_dump, plain or with gzip.
 * The `wget` of the image checks no certificate; the digest does that.
 */
export const LOAD_SEED = `${UNLESS_LOADED}wget -q -O "$work/seed" "$SEED_URL" || { echo "the dump cannot be read at its address: does the network lead to S3?"; exit 1; }
echo "$SEED_SHA256  $work/seed" | sha256sum -c - > "$work/checked" || { cat "$work/checked"; exit 1; }
case "$(head -c 2 "$work/seed" | od -An -tx1)" in
  *"1f 8b"*) gzip -dc < "$work/seed" > "$work/plain" && mv "$work/plain" "$work/seed" ;;
esac
case "$(head -c 5 "$work/seed")" in
  PGDMP) pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname="$PGDATABASE" "$work/seed" ;;
  *) psql -X -q -v ON_ERROR_STOP=1 --single-transaction -o "$work/said" -f "$work/seed" ;;
esac
echo "the seed is loaded"
`;

/**
 * Types whose values say nothing of a person by themselves: numbers, truth, moments, ids. A column of any other type is
 * masked, unless the source keeps it: what is new in a source is masked from its first day.
 */
const HARMLESS = [
  ...["bool", "int2", "int4", "int8", "oid", "numeric", "float4", "float8", "money", "uuid"],
  ...["time", "timetz", "timestamp", "timestamptz", "interval"],
];

/** A text that is the same for the same value, so that keys and what refers to them still meet, and tells nothing of it. */
const HASHED = "encode(sha256(convert_to(%3$L || %1$s::text, ''UTF8'')), ''hex'')";

/** Every column of a source that is copied, with what is read in its place. The salt ends with the copy. */
const COLUMNS = `WITH listed AS (
  SELECT c.oid AS relation, n.nspname, c.relname, c.relkind, a.attnum, a.attname, b.typname, b.typtype, b.typcategory,
    CASE WHEN b.typname IN ('varchar', 'bpchar') THEN greatest(greatest(a.atttypmod, t.typtypmod) - 4, 0) ELSE 0 END AS longest,
    ARRAY[format('%s.%s.%s', n.nspname, c.relname, a.attname)] ||
      CASE WHEN n.nspname = 'public' THEN ARRAY[format('%s.%s', c.relname, a.attname)] ELSE ARRAY[]::text[] END AS names
  FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
  WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND NOT c.relispartition AND c.relpersistence <> 't'
    AND ${OWN_TABLES}
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), judged AS (
  SELECT *, :'masked' = 'yes' AND NOT names && kept AND (names && masked OR NOT (typtype = 'e' OR typname = ANY ('{${HARMLESS.join(",")}}'::text[]) OR format('%s.%s', relname, attname) = ANY ('{${MIGRATION_COLUMNS.join(",")}}'::text[]))) AS is_masked
  FROM listed,
    (SELECT coalesce(array_agg(value), '{}') AS kept FROM json_array_elements_text(:'keep'::json)) AS k,
    (SELECT coalesce(array_agg(value), '{}') AS masked FROM json_array_elements_text(:'mask'::json)) AS m
), columns AS (
  SELECT *, CASE WHEN NOT is_masked THEN quote_ident(attname) ELSE format(
    CASE
      WHEN typname IN ('text', 'varchar', 'bpchar', 'citext', 'name') AND longest BETWEEN 1 AND 32 THEN
        'CASE %1$s::text WHEN '''' THEN '''' ELSE left(${HASHED}, %2$s) END'
      WHEN typname IN ('text', 'varchar', 'bpchar', 'citext', 'name') THEN
        'CASE WHEN %1$s::text = '''' THEN '''' WHEN strpos(%1$s::text, ''@'') > 1 THEN left(${HASHED}, 16) || ''@example.invalid'' ELSE left(${HASHED}, 32) END'
      WHEN typname = 'uuid' THEN 'left(${HASHED}, 32)::uuid'
      WHEN typname IN ('json', 'jsonb') THEN 'CASE WHEN %1$s IS NULL THEN NULL WHEN ltrim(%1$s::text) LIKE ''[%%'' THEN ''[]'' ELSE ''{}'' END'
      WHEN typname IN ('date', 'timestamp', 'timestamptz') THEN 'date_trunc(''year'', %1$s)::date'
      WHEN typname IN ('inet', 'cidr') THEN 'CASE WHEN %1$s IS NULL THEN NULL ELSE ''192.0.2.1'' END'
      WHEN typname = 'xml' THEN 'CASE WHEN %1$s IS NULL THEN NULL ELSE ''<masked/>'' END'
      WHEN typname IN ('bytea', 'tsvector') THEN 'CASE WHEN %1$s IS NULL THEN NULL ELSE '''' END'
      WHEN typcategory = 'A' THEN 'CASE WHEN %1$s IS NULL THEN NULL ELSE ''{}'' END'
      WHEN typname = 'bool' THEN 'CASE WHEN %1$s IS NULL THEN NULL ELSE false END'
      WHEN typcategory = 'N' THEN 'CASE WHEN %1$s IS NULL THEN NULL ELSE 0 END'
      ELSE 'NULL'
    END, quote_ident(attname), longest, :'salt') END AS expression
  FROM judged
)`;

/** Statements on the source see what a named source says, and a salt that nobody knows. */
const ON_SOURCE =
  "\\getenv keep KEEP\n\\getenv mask MASK\n\\getenv masked MASKED\nSELECT gen_random_uuid() AS salt \\gset\n";

/** A file of the shell's work folder, in which the shell replaces nothing. */
const file = (name: string, content: string): string => `cat > "$work/${name}" <<'END'\n${content}\nEND\n`;

/**
 * Copies a source: its schema, and the rows of one moment. What is masked never leaves the source as it is: the server
 * there computes what stands in its place. The other side takes all of it in one transaction, which is committed by the
 * last line alone, so whatever ends too early leaves nothing.
 */
export const COPY_SOURCE = [
  UNLESS_LOADED,
  file(
    "unknown.sql",
    `${ON_SOURCE}${COLUMNS} SELECT entry FROM (
  SELECT json_array_elements_text(:'keep'::json) UNION SELECT json_array_elements_text(:'mask'::json)) AS entries (entry)
WHERE NOT EXISTS (SELECT FROM listed WHERE entry = ANY (names));`,
  ),
  file(
    "masked.sql",
    `${ON_SOURCE}${COLUMNS} SELECT string_agg(format('%s.%s.%s', nspname, relname, attname), ', ' ORDER BY nspname, relname, attnum)
FROM columns WHERE is_masked;`,
  ),
  file(
    "rows.sql",
    `${ON_SOURCE}BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL row_security = off;
${COLUMNS} SELECT
  format('SELECT %L', format('COPY %I.%I (%s) FROM stdin;', nspname, relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum))),
  format('COPY (SELECT %s FROM %s %I.%I) TO stdout', string_agg(expression, ', ' ORDER BY attnum), CASE relkind WHEN 'r' THEN 'ONLY' ELSE '' END, nspname, relname),
  'SELECT ''\\.'''
FROM columns GROUP BY relation, nspname, relname, relkind ORDER BY nspname, relname \\gexec
SELECT format('SELECT pg_catalog.setval(%L, %s, true);', format('%I.%I', schemaname, sequencename), last_value)
FROM pg_sequences WHERE last_value IS NOT NULL;
COMMIT;`,
  ),
  file(
    "views.sql",
    `SELECT format('REFRESH MATERIALIZED VIEW %I.%I;', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND c.relispopulated ORDER BY c.oid;`,
  ),
  `at_source() { PGHOST="$SOURCE_HOST" PGPORT="$SOURCE_PORT" PGDATABASE="$SOURCE_DATABASE" PGUSER="$SOURCE_USER" PGPASSWORD="$SOURCE_PASSWORD" "$@"; }
ask() { at_source psql -XAtq -v ON_ERROR_STOP=1 -f "$work/$1.sql"; }
unknown=$(ask unknown)
if [ -n "$unknown" ]; then echo "the source has no such column: $unknown"; exit 1; fi
schema() { at_source pg_dump --schema-only --no-owner --no-privileges --no-comments --no-publications --no-subscriptions --no-security-labels --no-tablespaces "--section=$1" -f "$work/$1.sql" && sed -i -e '/^SET transaction_timeout = 0;$/d' "$work/$1.sql"; }
schema pre-data
schema post-data
echo "masked: $(ask masked)"
said=$({
  echo 'BEGIN;'
  cat "$work/pre-data.sql" && ask rows && cat "$work/post-data.sql" && ask views && printf 'COMMIT;\\n\\\\echo committed\\n'
} | psql -X -q -v ON_ERROR_STOP=1 | tail -n 1)
if [ "$said" != committed ]; then echo "the copy was not loaded: nothing of it stays"; exit 1; fi
echo "the copy is loaded"
`,
].join("");
