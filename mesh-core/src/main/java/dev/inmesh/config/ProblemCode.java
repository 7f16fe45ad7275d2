package dev.inmesh.config;

/** The classes of problems, each with a code that never changes its meaning. */
enum ProblemCode {
  UNKNOWN_KEY(
      "MESH-C01",
      "Unknown key, or a known one at a level where it can't stand.",
      "Take the suggestion, or look the key up with `--list-keys`. "
          + "`mesh.config.unknown=warn` starts anyway."),
  MALFORMED(
      "MESH-C02", "The value is not written as its type asks.", "Write it as the message says."),
  OUT_OF_RANGE(
      "MESH-C03",
      "The value is well written, but outside its range.",
      "Choose a value in the range."),
  CONTRADICTION(
      "MESH-C04", "Two written settings can't both hold.", "Change or remove one of the two."),
  MISSING("MESH-C05", "Something that the written settings need is not set.", "Set the named key."),
  DUPLICATE(
      "MESH-C06",
      "The same thing is named twice: a server, a host, a list entry, a route's match, a key of "
          + "the file.",
      "Remove one of the two."),
  BAD_NAME(
      "MESH-C07",
      "The name of an upstream, a route, a registry or a database is reserved or not of the form `[a-z][a-z0-9-]{0,62}`.",
      "Rename it."),
  UNREADABLE_FILE(
      "MESH-C08",
      "A file that a key names can't be read.",
      "Mend the path, the permissions or the file's content.");

  private final String code;
  private final String meaning;
  private final String mend;

  ProblemCode(String code, String meaning, String mend) {
    this.code = code;
    this.meaning = meaning;
    this.mend = mend;
  }

  String code() {
    return code;
  }

  String meaning() {
    return meaning;
  }

  String mend() {
    return mend;
  }
}
