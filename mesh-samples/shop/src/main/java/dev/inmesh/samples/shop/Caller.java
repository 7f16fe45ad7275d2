package dev.inmesh.samples.shop;

import java.io.IOException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Makes calls as the code of any service would, and tallies how they ended. */
final class Caller implements Runnable {

  private final OkHttpClient http;
  private final Request request;
  private final Tally tally;

  Caller(OkHttpClient http, String url, Tally tally) {
    this.http = http;
    this.request = new Request.Builder().url(url).build();
    this.tally = tally;
  }

  @Override
  public void run() {
    Tally.End end = Tally.End.FAILED;
    long start = System.nanoTime();
    try (Response response = http.newCall(request).execute()) {
      response.body().bytes();
      end = end(response);
    } catch (IOException e) {
      tally.failure(e.toString());
    } finally {
      tally.ended(end, start, System.nanoTime());
    }
  }

  private Tally.End end(Response response) {
    if ("default".equals(response.header("mesh-source"))) {
      return Tally.End.DEFAULT;
    }
    if (response.isSuccessful()) {
      return Tally.End.LIVE;
    }
    tally.failure("http " + response.code());
    return Tally.End.FAILED;
  }
}
