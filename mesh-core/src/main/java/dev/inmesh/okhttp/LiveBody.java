package dev.inmesh.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** The body of a live answer: the attempt is over when it has been read, closed or broken. */
final class LiveBody extends ResponseBody {

  private final ResponseBody delegate;
  private final BufferedSource source;

  private LiveBody(
      ResponseBody delegate, @Nullable KeptBody kept, Attempt attempt, UpstreamCall call) {
    this.delegate = delegate;
    this.source = Okio.buffer(new Watched(delegate.source(), kept, attempt, call));
  }

  static ResponseBody of(
      Response response, @Nullable KeptBody kept, Attempt attempt, UpstreamCall call) {
    ResponseBody body = response.body();
    if (attempt.isBodyRead()) {
      if (kept != null) {
        Buffer whole = body.source().getBuffer();
        kept.add(whole, whole.size());
        kept.complete(System.nanoTime());
      }
      call.bodyDone(attempt);
      return body;
    }
    call.bodyOpened(attempt);
    return new LiveBody(body, kept, attempt, call);
  }

  @Override
  public @Nullable MediaType contentType() {
    return delegate.contentType();
  }

  @Override
  public long contentLength() {
    return delegate.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }

  private static final class Watched extends ForwardingSource {

    private final @Nullable KeptBody kept;
    private final Attempt attempt;
    private final UpstreamCall call;
    private boolean over;

    Watched(BufferedSource source, @Nullable KeptBody kept, Attempt attempt, UpstreamCall call) {
      super(source);
      this.kept = kept;
      this.attempt = attempt;
      this.call = call;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      long read;
      attempt.reading(true);
      try {
        read = super.read(sink, byteCount);
      } catch (IOException e) {
        if (over) {
          throw e;
        }
        over = true;
        throw call.bodyFailed(attempt, e);
      } finally {
        attempt.reading(false);
      }
      if (read > 0 && kept != null) {
        kept.add(sink, read);
      }
      if (read == -1 && !over) {
        over = true;
        if (kept != null) {
          kept.complete(System.nanoTime());
        }
        call.bodyDone(attempt);
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        if (!over) {
          over = true;
          call.bodyDone(attempt);
        }
      }
    }
  }
}
