@NullMarked
package org.megaetl.devservices;

import org.jspecify.annotations.NullMarked;
