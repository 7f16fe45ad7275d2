package dev.inmesh.config;

import dev.inmesh.config.Refused.Fault;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A server as nginx writes it: {@code 10.0.0.1:80 weight=3 backup}. */
record ServerType() implements ValueType<Server> {

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** Servers separated by commas, no address twice. */
  static ValueType<List<Server>> list() {
    return new ListType<>(
        new ServerType(), server -> HostPort.canonical(server.host()) + " " + server.port());
  }

  @Override
  public Server parse(String entry) throws Refused {
    return parse(BLANKS.split(entry.strip(), -1), entry);
  }

  /** The same of an entry whose words are known. */
  static Server parse(List<String> words) throws Refused {
    return parse(words.toArray(new String[0]), String.join(" ", words));
  }

  private static Server parse(String[] words, String entry) throws Refused {
    List<Fault> faults = new ArrayList<>();
    ServerDraft draft = new ServerDraft();
    try {
      draft.address(address(words[0], entry));
    } catch (Refused e) {
      faults.addAll(e.faults());
    }
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < words.length && faults.size() < ListType.MOST_FAULTS; i++) {
      try {
        String attribute = ServerAttribute.apply(words[i], draft);
        if (!seen.add(attribute)) {
          String twice = Echo.quoted(entry) + " has " + attribute + " twice; remove one";
          faults.add(new Fault(ProblemCode.DUPLICATE, twice));
        }
      } catch (Refused e) {
        faults.addAll(e.faults());
      }
    }
    if (!faults.isEmpty()) {
      throw new Refused(faults);
    }
    return draft.server();
  }

  private static HostPort address(String word, String entry) throws Refused {
    HostPort address = HostPort.parse(word);
    if (address.port().isEmpty()) {
      throw Refused.malformed(Echo.quoted(entry) + " has no port; write " + address + ":80");
    }
    return address;
  }

  @Override
  public String syntax() {
    return "server";
  }
}
