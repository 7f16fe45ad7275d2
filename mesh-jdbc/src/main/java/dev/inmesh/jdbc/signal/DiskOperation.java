package dev.inmesh.jdbc.signal;

/** What of a disk is measured. */
public enum DiskOperation {
  /** Reading a page; in milliseconds. */
  READ("read", "ms"),
  /** Having the log on the disk, for a commit; in milliseconds. */
  FSYNC("fsync", "ms"),
  /** How much of the time somebody waited for the disk, where nothing can be timed; in percent. */
  PRESSURE("pressure", "%");

  private final String tag;
  private final String unit;

  DiskOperation(String tag, String unit) {
    this.tag = tag;
    this.unit = unit;
  }

  /** In meters and messages. */
  public String tag() {
    return tag;
  }

  /** In messages. */
  public String unit() {
    return unit;
  }
}
