package dev.inmesh.discovery.kubernetes;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code discovery.service} says: {@code inventory}, {@code inventory.shop}, {@code
 * inventory.shop.svc.cluster.local}, each with {@code :http} or {@code :5000} behind it or not.
 *
 * @param namespace empty where it names none
 * @param port a name, a number, or empty
 */
record ServiceName(String service, String namespace, String port) {

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

  private static final Pattern WRITTEN =
      Pattern.compile(
          "("
              + LABEL
              + ")(?:\\.("
              + LABEL
              + ")(?:\\.svc(?:\\.[-a-z0-9.]{1,200})?)?)?"
              + "(?::([a-z0-9-]{1,63}))?");

  /** Reads a name; none where it is of another form. */
  static Optional<ServiceName> of(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ServiceName(matcher.group(1), orEmpty(matcher.group(2)), orEmpty(matcher.group(3))))
        : Optional.empty();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  boolean hasPortNumber() {
    return port.matches("[0-9]+");
  }
}
