package dev.inmesh.config;

/**
 * One key as one source wrote it.
 *
 * @param source in words, like {@code file /etc/mesh.properties}
 */
record Setting(String key, String value, String source) {}
