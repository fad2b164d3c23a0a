@NullMarked
package org.megaetl.schema;

import org.jspecify.annotations.NullMarked;
