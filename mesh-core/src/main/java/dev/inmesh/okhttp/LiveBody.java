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
      ResponseBody delegate, @Nullable KeptBody kept, Attempt attempt, Attempts attempts) {
    this.delegate = delegate;
    this.source = Okio.buffer(new Watched(delegate.source(), kept, attempt, attempts));
  }

  static ResponseBody of(
      Response response, @Nullable KeptBody kept, Attempt attempt, Attempts attempts) {
    ResponseBody body = response.body();
    if (attempt.isBodyRead()) {
      if (kept != null) {
        Buffer whole = body.source().getBuffer();
        kept.add(whole, whole.size());
        kept.complete(System.nanoTime());
      }
      attempts.bodyDone(attempt);
      return body;
    }
    attempts.bodyOpened(attempt);
    return new LiveBody(body, kept, attempt, attempts);
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
    private final Attempts attempts;
    private boolean over;

    Watched(BufferedSource source, @Nullable KeptBody kept, Attempt attempt, Attempts attempts) {
      super(source);
      this.kept = kept;
      this.attempt = attempt;
      this.attempts = attempts;
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
        throw attempts.bodyFailed(attempt, e);
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
        attempts.bodyDone(attempt);
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
          attempts.bodyDone(attempt);
        }
      }
    }
  }
}
