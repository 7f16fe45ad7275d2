package dev.inmesh.config;

import java.util.ArrayList;
import java.util.List;

/** Keeps what was logged. */
final class RecordedLog implements ConfigLog {

  final List<String> infos = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();

  @Override
  public void info(String line) {
    infos.add(line);
  }

  @Override
  public void warn(String line) {
    warnings.add(line);
  }
}
