@NullMarked
package org.megaetl.examples.redis;

import org.jspecify.annotations.NullMarked;
