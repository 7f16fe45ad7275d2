package dev.inmesh.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /v1/stock/*}: a method or {@code *}, and a path, which a {@code *} may end. */
record RouteMatchType() implements ValueType<RouteMatch> {

  private static final Pattern FORM =
      Pattern.compile("(\\*|[A-Z][A-Z-]{0,31})[ \\t]+(/[!-~&&[^?#*]]*+\\*?)");

  @Override
  public RouteMatch parse(String written) throws Refused {
    String text = written.strip();
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw Refused.malformed(
          Echo.quoted(text)
              + " is not a method and a path; write them like 'GET /v1/stock/*', '*' for every"
              + " method, a '*' in the path only at its end");
    }
    return new RouteMatch(form.group(1), form.group(2));
  }

  @Override
  public String syntax() {
    return "method and path";
  }
}
