package dev.inmesh.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes credentials out of a text before it is shown: the one place where that is done.
 *
 * <p>Hidden are the userinfo of URLs, Oracle's {@code user/password@}, and the values of {@code
 * password=}, {@code ;password=}, {@code token=} and their like, percent-encoded or not. In doubt
 * it hides too much. Takes time in proportion to the length of the text.
 */
public final class Redaction {

  /** What stands in the place of a credential. */
  static final String MASK = "***";

  // The bounded repetitions keep a hostile text from costing quadratic time.
  private static final String SECRET_NAME =
      "(?:password|passwd|passphrase|pwd|secret|token|api[-_.]?key|access[-_.]?key|credentials?)"
          + "[\\w.-]{0,32}+[\"']?\\s{0,8}+[=:]\\s{0,8}+";

  /** What ends a secret depends on what separates the parameters, which stands before the name. */
  private static final Pattern NAMED_SECRET =
      Pattern.compile(
          "(?i)(;[\\w.-]{0,32}?"
              + SECRET_NAME
              + ")(?:\\{[^}]*+\\}?|[^;]++)"
              + "|([?&][\\w.-]{0,32}?"
              + SECRET_NAME
              + ")[^&\\s]++"
              + "|([(,{][\\w.\"'-]{0,32}?"
              + SECRET_NAME
              + ")[^,)}]++"
              + "|("
              + SECRET_NAME
              + ")(?:\"[^\"]*+\"?|'[^']*+'?|[^\\s;,&]++)");

  private static final Pattern ORACLE = Pattern.compile("(?i)jdbc:oracle:\\w{1,16}:");

  private Redaction() {}

  /** The text with {@code ***} in the place of each credential. */
  public static String redact(String text) {
    String shown = redactPlain(text);
    String decoded = shown;
    // A secret that only shows once the text is decoded is hidden in the decoded text.
    for (int round = 0; round < 3 && decoded.indexOf('%') >= 0; round++) {
      decoded = decoded(decoded);
      String redacted = redactPlain(decoded);
      if (!redacted.equals(decoded)) {
        shown = redacted;
        decoded = redacted;
      }
    }
    return shown;
  }

  private static String redactPlain(String text) {
    String named =
        text.indexOf('=') < 0 && text.indexOf(':') < 0
            ? text
            : NAMED_SECRET
                .matcher(text)
                .replaceAll(
                    m -> {
                      for (int group = 1; group <= 4; group++) {
                        String name = m.group(group);
                        if (name != null) {
                          return Matcher.quoteReplacement(name + MASK);
                        }
                      }
                      return MASK;
                    });
    return redactUserinfo(named);
  }

  /** Hides all before the last {@code @} but the scheme, since a password may hold anything. */
  private static String redactUserinfo(String text) {
    int at = text.lastIndexOf('@');
    if (at <= 0) {
      return text;
    }
    int start = afterScheme(text, at);
    String userinfo = text.substring(start, at);
    if (userinfo.isEmpty() || userinfo.equals(MASK)) {
      return text;
    }
    boolean secret = start > 0 || userinfo.indexOf(':') >= 0 || userinfo.indexOf('/') >= 0;
    return secret ? text.substring(0, start) + MASK + text.substring(at) : text;
  }

  private static int afterScheme(String text, int end) {
    var oracle = ORACLE.matcher(text).region(0, end);
    if (oracle.find()) {
      return oracle.end();
    }
    int scheme = text.indexOf("://");
    return scheme >= 0 && scheme + 3 <= end ? scheme + 3 : 0;
  }

  private static String decoded(String text) {
    // A "+" is no blank outside of forms, and a stray "%" must not stop the decoding of the rest.
    String safe = text.replace("+", "%2B").replaceAll("%(?![0-9a-fA-F]{2})", "%25");
    return URLDecoder.decode(safe, StandardCharsets.UTF_8);
  }
}
