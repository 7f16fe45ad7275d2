package dev.inmesh.okhttp;

import dev.inmesh.http.LocalAnswer;
import dev.inmesh.http.MeshHeaders;
import java.util.List;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Makes OkHttp's responses out of answers that came from this process. */
final class LocalResponses {

  private LocalResponses() {}

  static Response of(LocalAnswer answer, Request request) {
    Headers headers = headers(answer.headers());
    String type = headers.get("Content-Type");
    MediaType mediaType = type == null ? null : MediaType.parse(type);
    byte[] body = request.method().equals("HEAD") ? new byte[0] : answer.body();
    return new Response.Builder()
        .request(request)
        .protocol(Protocol.HTTP_1_1)
        .code(answer.status())
        .message(answer.source().tag())
        .headers(headers)
        .header(MeshHeaders.SOURCE, answer.sourceHeader())
        .body(ResponseBody.create(body, mediaType))
        .build();
  }

  /** As lenient as OkHttp was when it read them from the wire. */
  private static Headers headers(List<String> namesAndValues) {
    Headers.Builder headers = new Headers.Builder();
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      headers.addUnsafeNonAscii(namesAndValues.get(i), namesAndValues.get(i + 1));
    }
    return headers.build();
  }
}
