@NullMarked
package org.megaetl.connector.redis;

import org.jspecify.annotations.NullMarked;
