package dev.inmesh.discovery.dns;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name and the port of the servers behind it.
 *
 * @param port 0 when nobody says it
 */
record NamedPort(String name, int port) {

  private static final Pattern FORM = Pattern.compile("([^:]*):([0-9]{1,5})");

  static NamedPort of(String service, int defaultPort) {
    Matcher form = FORM.matcher(service);
    return form.matches()
        ? new NamedPort(form.group(1), Integer.parseInt(form.group(2)))
        : new NamedPort(service, defaultPort);
  }
}
