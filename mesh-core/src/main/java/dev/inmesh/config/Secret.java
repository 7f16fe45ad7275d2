package dev.inmesh.config;

/** A credential, which no text shows. Immutable. */
public final class Secret {

  private final String value;

  Secret(String value) {
    this.value = value;
  }

  /** What it is; not to be shown. */
  public String value() {
    return value;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Secret other && value.equals(other.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return Redaction.MASK;
  }
}
