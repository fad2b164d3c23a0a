/**
 * The code in the documentation. A page may only show what is in a file that is compiled.
 */
@NullMarked
package org.megaetl.documentation;

import org.jspecify.annotations.NullMarked;
