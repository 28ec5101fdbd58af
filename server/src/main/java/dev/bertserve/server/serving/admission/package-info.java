/** The limits on work: what is admitted, what it holds, and when to try again. */
@NullMarked
package dev.bertserve.server.serving.admission;

import org.jspecify.annotations.NullMarked;
