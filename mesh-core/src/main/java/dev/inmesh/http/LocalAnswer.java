package dev.inmesh.http;

import dev.inmesh.event.Source;
import java.util.List;

/**
 * An answer that came from this process, whatever HTTP client it goes out through. Not changed once
 * made; the arrays are not copied.
 *
 * @param headers name and value alternating, without those of {@link MeshHeaders}
 * @param sourceHeader the value of {@link MeshHeaders#SOURCE}
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record LocalAnswer(
    int status, List<String> headers, byte[] body, Source source, String sourceHeader)
    implements Instead {}
