package dev.inmesh.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import okio.Sink;
import org.jspecify.annotations.Nullable;

/**
 * The user's request body, watched for who is to blame when sending fails: the connection, or the
 * body itself, as when the stream that it forwards breaks.
 */
final class WatchedRequestBody extends RequestBody {

  private final RequestBody delegate;
  private boolean connectionFailed;
  private boolean bodyFailed;

  WatchedRequestBody(RequestBody delegate) {
    this.delegate = delegate;
  }

  /** Whether sending failed through the body's own fault. */
  boolean hasFailed() {
    return bodyFailed;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    connectionFailed = false;
    BufferedSink watched = Okio.buffer((Sink) new Watched(sink));
    try {
      delegate.writeTo(watched);
    } catch (IOException e) {
      bodyFailed = !connectionFailed;
      throw e;
    }
    watched.emit();
  }

  private final class Watched extends ForwardingSink {

    Watched(BufferedSink sink) {
      super(sink);
    }

    @Override
    public void write(Buffer source, long byteCount) throws IOException {
      try {
        super.write(source, byteCount);
      } catch (IOException e) {
        connectionFailed = true;
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        super.flush();
      } catch (IOException e) {
        connectionFailed = true;
        throw e;
      }
    }
  }

  @Override
  public @Nullable MediaType contentType() {
    return delegate.contentType();
  }

  @Override
  public long contentLength() throws IOException {
    return delegate.contentLength();
  }

  @Override
  public boolean isOneShot() {
    return delegate.isOneShot();
  }

  @Override
  public boolean isDuplex() {
    return delegate.isDuplex();
  }
}
