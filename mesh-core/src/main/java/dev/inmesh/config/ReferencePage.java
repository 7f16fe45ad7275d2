package dev.inmesh.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the grammar down as the page docs/configuration.md. */
final class ReferencePage {

  /** Writes the page into the repository. */
  static final String COMMAND =
      "mvn -q -pl mesh-core -am test -Dtest=ReferencePageTest -Dinmesh.reference.write=true";

  private static final String PAGE =
      """
      <!-- Generated from the grammar in mesh-core; the build fails when it differs. Write it anew with:
           {{command}} -->

      # Configuration

      inmesh is configured by keys that start with `mesh.`. They come from system properties, the environment, a file and code;
      changed ones take effect while the process runs. Unknown keys and bad values are refused, all at once.

      ```
      mesh.<key>                                the whole mesh
      mesh.discovery.<id>.<key>                 a registry that lists servers
      mesh.jdbc.<name>.<key>                    a database
      mesh.defaults.<key>                       every upstream
      mesh.upstream.<name>.<key>                one upstream
      mesh.upstream.<name>.route.<route>.<key>  the calls of an upstream that the route's `match` names
      ```

      Names of upstreams, routes, registries and databases have the form `[a-z][a-z0-9-]{0,62}`. No upstream can be named `default`, `defaults`, `all` or `global`.

      ## Keys of the whole mesh

      {{global}}

      ## Keys of registries

      Each stands behind `mesh.discovery.<id>.`.

      {{registry}}

      Each type has keys of its own beside it: see [discovery](discovery.md).

      ## Keys of databases

      Each stands behind `mesh.jdbc.<name>.`, and holds for `jdbc:mesh:<name>` and for a `MeshDataSource` of that name, whose own settings it overrules; but the
      servers, and how to log in and connect, are of a `MeshDataSource` that code has given pools its own business. See [routing](routing.md).

      {{database}}

      ## Keys of upstreams and routes

      The column "where" says at which levels a key can stand: `mesh.defaults.`, `mesh.upstream.<name>.`, `mesh.upstream.<name>.route.<route>.`.

      {{upstream}}

      ## Values

      | type | written as |
      |---|---|
      | duration | A whole number with a unit: `250ms`, `3s`, `2m`, `1h`. A number without a unit is refused. |
      | percent | `50%`, `2.5%` |
      | count | A whole number in ASCII digits. |
      | number | `0.2`, `5` |
      | size | Bytes, or with a unit in powers of 1024: `64k`, `10m`, `1g`. |
      | list | Values separated by commas, none twice. |
      | name | 1 to 63 letters, digits, dots, dashes or underscores; not `own` or `none`. |
      | network | An address, a slash and a prefix length, with no bit set behind the prefix: `10.0.0.0/8`, `fd00::/8`. See [networks](networks.md). |
      | method and path | `GET /v1/stock/*`: a method or `*` for all, and a path; a `*` at its end makes it a prefix. |
      | words | As they stand in the tables. |

      Blanks around a value don't count, except in `fallback.body`. `none`, where it is the default, takes back what a wider level says.
      `own` in `prefer-zone` and `region-fence` stands for `mesh.zone` and `mesh.region`.

      A `timeout.connect`, `timeout.read` or `timeout.attempt` above `timeout` counts as `timeout`; a
      `health-check.timeout` above `health-check.interval` as that. A built-in value above a bound that is
      written counts as the bound: `breaker.half-open-calls` above `breaker.window`, `outlier.base-ejection-time` above
      `outlier.max-ejection-time`; if it is itself written, it is a contradiction.

      ## Servers

      An entry of `servers` is a host, a port and attributes, as nginx writes them: `10.0.0.1:8080 weight=3 zone=a, [fd00::2]:8080 backup`.

      {{attributes}}

      ## Precedence

      The more specific level wins: route, then upstream, then defaults. Within a level the first of these wins:

      1. system property: `-Dmesh.upstream.inventory.timeout=400ms`;
      2. environment: the key in upper case, with `_` for dots and dashes: `MESH_UPSTREAM_INVENTORY_TIMEOUT=400ms`;
      3. file: `mesh.config.file`, the same keys in the format of `java.util.Properties`, in UTF-8;
      4. code: `Mesh.builder().property(...)`. `Mesh.of(Map)` reads the keys it is given alone, and a file that they name, as for a test;
      5. the built-in value.

      A variable's name doesn't show where an upstream's name ends: one with a dash in it is declared in `MESH_UPSTREAMS=inventory,card-payments`, unless
      another source names it. A name of one word is known as well by `MESH_UPSTREAM_<NAME>_SERVERS`. If two names fit, the longer one is meant.
      Registries likewise: `MESH_DISCOVERIES`, and `MESH_DISCOVERY_<ID>_TYPE`; databases: `MESH_JDBCS`, and `MESH_JDBC_<NAME>_PRIMARY`. Routes can't be set in the environment, an empty variable counts as not set, and unknown variables are only warned of, since platforms inject their own.

      Of the values of one key, only the one that wins is checked.

      ## Reload

      System properties and files are looked at every `mesh.config.refresh-interval`. A set of keys is taken as a whole or not at all: if there is a problem
      in it, the last good one stays, with one WARN. Each change is one INFO line:
      `config v7: mesh.upstream.payments.timeout 250ms -> 400ms (system property)`.

      ## Errors

      All problems are reported together, each as `<code> <key>: <what, and what mends it> [<source>]`:
      `MESH-C01 mesh.upstream.payments.timout: unknown key. Did you mean 'mesh.upstream.payments.timeout'? [system property]`.

      {{codes}}
      """;

  private ReferencePage() {}

  static String text() {
    return PAGE.replace("{{command}}", COMMAND)
        .replace("{{global}}", globalTable())
        .replace("{{registry}}", registryTable())
        .replace("{{database}}", table(Level.DATABASE))
        .replace("{{upstream}}", upstreamTable())
        .replace("{{attributes}}", attributesTable())
        .replace("{{codes}}", codesTable());
  }

  private static String globalTable() {
    return table(Level.GLOBAL);
  }

  private static String registryTable() {
    return table(Level.REGISTRY);
  }

  private static String table(Level level) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", "default", "type", "range", "meaning"));
    for (Key<?> key : Grammar.keys()) {
      if (key.level() == level) {
        rows.add(
            List.of(
                code(level == Level.GLOBAL ? key.listName() : key.name()),
                key.isRequired() ? key.shownDefault() : code(key.shownDefault()),
                key.type().syntax(),
                key.type().range(),
                key.doc()));
      }
    }
    return table(rows);
  }

  private static String upstreamTable() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", "default", "type", "range", "where", "meaning"));
    for (Key<?> key : Grammar.keys()) {
      boolean ofUpstreams =
          key.level() != Level.GLOBAL
              && key.level() != Level.REGISTRY
              && key.level() != Level.DATABASE;
      if (ofUpstreams) {
        rows.add(
            List.of(
                code(key.name()),
                key.isRequired() ? key.shownDefault() : code(key.shownDefault()),
                key.type().syntax(),
                key.type().range(),
                key.level().words(),
                key.doc()));
      }
    }
    return table(rows);
  }

  private static String attributesTable() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("attribute", "default", "range", "meaning"));
    for (ServerAttribute<?> attribute : ServerAttribute.TABLE) {
      rows.add(
          List.of(
              code(attribute.syntax()),
              attribute.defaultText(),
              attribute.type().range(),
              attribute.doc()));
    }
    return table(rows);
  }

  private static String codesTable() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("code", "meaning", "mend"));
    Arrays.stream(ProblemCode.values())
        .map(problem -> List.of(code(problem.code()), problem.meaning(), problem.mend()))
        .forEach(rows::add);
    return table(rows);
  }

  private static String table(List<List<String>> rows) {
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      table.append(line(rows.get(i)));
      if (i == 0) {
        table.append("|").append("---|".repeat(rows.get(0).size())).append('\n');
      }
    }
    return table.toString().stripTrailing();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .map(cell -> cell.startsWith("`") ? cell : cell.replace("*", "\\*").replace("<", "&lt;"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
