package dev.inmesh.config;

import dev.inmesh.config.Refused.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A server of a database: a URL of JDBC and, as nginx writes them, attributes: {@code
 * jdbc:postgresql://10.0.0.3/orders weight=3}.
 *
 * @param withAttributes whether there may be any
 */
record DatabaseServerType(boolean withAttributes) implements ValueType<DatabaseServer> {

  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern URL = Pattern.compile("jdbc:[a-zA-Z][\\w.+-]*:\\S+");

  /** A comma in a URL is the URL's, as where one names several hosts. */
  private static final Pattern NEXT = Pattern.compile("\\s*,\\s*(?=jdbc:|\\s*$|,)");

  /** What the mesh itself is asked for, which would ask itself. */
  private static final String OURS = "jdbc:mesh:";

  /** Servers separated by commas, none twice. */
  record Many() implements ValueType<List<DatabaseServer>> {

    @Override
    public List<DatabaseServer> parse(String text) throws Refused {
      List<DatabaseServer> servers = new ArrayList<>();
      List<Fault> faults = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      for (String entry : NEXT.split(text.strip(), -1)) {
        try {
          DatabaseServer server = new DatabaseServerType(true).parse(entry);
          servers.add(server);
          if (!seen.add(server.name())) {
            String twice = Echo.quoted(server.name()) + " is there twice; remove one";
            faults.add(new Fault(ProblemCode.DUPLICATE, twice));
          }
        } catch (Refused e) {
          faults.addAll(e.faults());
        }
        if (faults.size() >= ListType.MOST_FAULTS) {
          break;
        }
      }
      if (!faults.isEmpty()) {
        throw new Refused(faults);
      }
      return List.copyOf(servers);
    }

    @Override
    public String syntax() {
      return "list of JDBC URL and attributes";
    }
  }

  @Override
  public DatabaseServer parse(String text) throws Refused {
    String[] words = BLANKS.split(text.strip(), -1);
    String url = words[0];
    if (!URL.matcher(url).matches()) {
      throw Refused.malformed(
          Echo.quoted(url)
              + " is no URL of JDBC; write one like jdbc:postgresql://db1:5432/orders");
    }
    if (url.startsWith(OURS)) {
      throw Refused.malformed(
          Echo.quoted(url) + " is the mesh's own; write the URL of the database server");
    }
    if (!withAttributes && words.length > 1) {
      throw Refused.malformed(
          Echo.quoted(words[1]) + " follows the URL; a primary has no attributes: remove it");
    }
    ServerDraft draft = new ServerDraft();
    List<Fault> faults = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < words.length && faults.size() < ListType.MOST_FAULTS; i++) {
      try {
        String attribute = ServerAttribute.apply(words[i], draft);
        if (attribute.equals("region")) {
          faults.add(new Fault(ProblemCode.MALFORMED, "'region' says nothing here; remove it"));
        } else if (!seen.add(attribute)) {
          faults.add(new Fault(ProblemCode.DUPLICATE, "has " + attribute + " twice; remove one"));
        }
      } catch (Refused e) {
        faults.addAll(e.faults());
      }
    }
    if (!faults.isEmpty()) {
      throw new Refused(faults);
    }
    return new DatabaseServer(url, draft.named(name(url)));
  }

  /** The part of a URL that tells servers apart, without credentials. */
  static String name(String url) {
    String rest = url.substring("jdbc:".length());
    int authority = rest.indexOf("//");
    String from = authority < 0 ? rest : rest.substring(authority + 2);
    String end = authority < 0 ? "[;?]" : "[/;?]";
    String part = from.split(end, 2)[0];
    String named = part.substring(part.lastIndexOf('@') + 1);
    return Redaction.redact(named.isEmpty() ? from : named);
  }

  @Override
  public String syntax() {
    return withAttributes ? "JDBC URL and attributes" : "JDBC URL";
  }
}
