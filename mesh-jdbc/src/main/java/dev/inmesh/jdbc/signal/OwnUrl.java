package dev.inmesh.jdbc.signal;

import java.util.List;

/** The number that a user's URL answers with. */
final class OwnUrl implements Source {

  private static final int MOST_BYTES = 1024;

  private final String key;
  private final Web web;

  OwnUrl(String key, String url) {
    this.key = key;
    this.web = new Web(key, url);
  }

  @Override
  public String what() {
    return key;
  }

  @Override
  public List<Measure> read(long nanos) throws AbsentException {
    return Figure.measure(key, web.text(MOST_BYTES));
  }

  @Override
  public void close() {
    web.close();
  }
}
