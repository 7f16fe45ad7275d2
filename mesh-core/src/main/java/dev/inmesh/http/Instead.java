package dev.inmesh.http;

/**
 * What a caller gets instead of a failed call: an answer that is here, or code that may give one.
 */
public sealed interface Instead permits LocalAnswer, FallingBack {}
