package dev.inmesh.okhttp;

import java.io.IOException;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Hides {@code Retry-After: 0} of a 503 from OkHttp, which would send the request again at once, to
 * the same server and a POST too; {@link #restored} puts it back.
 */
final class RetryAfterGuard implements Interceptor {

  private static final String HIDDEN = "mesh-retry-after";
  private static final Pattern ZERO = Pattern.compile("0+");

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String value = response.code() == 503 ? response.header("Retry-After") : null;
    return value == null || !ZERO.matcher(value).matches()
        ? response
        : response.newBuilder().removeHeader("Retry-After").header(HIDDEN, value).build();
  }

  static Response restored(Response response) {
    String value = response.code() == 503 ? response.header(HIDDEN) : null;
    return value == null
        ? response
        : response.newBuilder().removeHeader(HIDDEN).header("Retry-After", value).build();
  }
}
