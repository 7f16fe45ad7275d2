package dev.inmesh.okhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.DeadlineContract;
import dev.inmesh.http.HttpDriverContract;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Response;

/** The contract of deadlines, by {@code enqueue}: its calls run on the dispatcher's threads. */
final class OkHttpAsyncDeadlineTest extends DeadlineContract {

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return client(mesh);
  }

  static HttpDriverContract.Client client(Mesh mesh) {
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    return (method, url, headers, body) -> {
      CompletableFuture<Response> answer = new CompletableFuture<>();
      http.newCall(OkHttpDriverTest.request(method, url, headers, body)).enqueue(telling(answer));
      try {
        return OkHttpDriverTest.reply(answer.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException io) {
          throw io;
        }
        throw new IllegalStateException(e);
      }
    };
  }

  private static Callback telling(CompletableFuture<Response> answer) {
    return new Callback() {
      @Override
      public void onFailure(Call call, IOException failure) {
        answer.completeExceptionally(failure);
      }

      @Override
      public void onResponse(Call call, Response response) {
        answer.complete(response);
      }
    };
  }
}
