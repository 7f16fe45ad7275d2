package dev.inmesh.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A server as a registry lists it, in the words of a server line; nothing of it is checked yet:
 * that is the mesh's to do, in one place for all registries. Immutable.
 *
 * <pre>{@code
 * ServerEntry.of("10.0.0.3", 5000).with("weight", "5").with("zone", "a").with("drain")
 * ServerEntry.line("10.0.0.3:5000 weight=5 zone=a drain")   // the same
 * }</pre>
 *
 * @param words the address, then attributes, each as {@code weight=5} or {@code backup}
 */
public record ServerEntry(List<String> words) {

  /**
   * Takes a copy.
   *
   * @throws IllegalArgumentException if there is no word
   */
  public ServerEntry {
    words = List.copyOf(words);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("no address");
    }
  }

  /**
   * A server without attributes.
   *
   * @param host a name, or an IPv4 or IPv6 literal, without brackets
   */
  public static ServerEntry of(String host, int port) {
    return of(host, Integer.toString(port));
  }

  /** The same of a port as a registry says it, whatever that is. */
  public static ServerEntry of(String host, String port) {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new ServerEntry(List.of(shown + ":" + port));
  }

  /** A line, its words separated by blanks. */
  public static ServerEntry line(String line) {
    return new ServerEntry(List.of(line.strip().split("\\s+", -1)));
  }

  /** The same with one attribute more; the value stays one word whatever is in it. */
  public ServerEntry with(String attribute, String value) {
    return with(attribute + "=" + value);
  }

  /** The same with one attribute more that says something by being there. */
  public ServerEntry with(String flag) {
    List<String> more = new ArrayList<>(words);
    more.add(flag);
    return new ServerEntry(more);
  }

  /** The same without an attribute that says something by being there. */
  public ServerEntry without(String flag) {
    return new ServerEntry(words.stream().filter(word -> !word.equals(flag)).toList());
  }

  /** {@code host:port}, as the registry says it. */
  public String address() {
    return words.get(0);
  }

  /**
   * The host of the address, without brackets.
   *
   * @throws IllegalArgumentException if it has no port
   */
  public String host() {
    return address().substring(0, colon()).replaceAll("^\\[|]$", "");
  }

  /**
   * The port of the address.
   *
   * @throws IllegalArgumentException if it has none, or one that is no number
   */
  public int port() {
    return Integer.parseInt(address().substring(colon() + 1));
  }

  private int colon() {
    int colon = address().lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(address() + " has no port");
    }
    return colon;
  }

  /**
   * The attributes by name, in their order; one that says something by being there has no value.
   */
  public Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (String word : words.subList(1, words.size())) {
      int equals = word.indexOf('=');
      attributes.put(
          equals < 0 ? word : word.substring(0, equals),
          equals < 0 ? "" : word.substring(equals + 1));
    }
    return attributes;
  }
}
