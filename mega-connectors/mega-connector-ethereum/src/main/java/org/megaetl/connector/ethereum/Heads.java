package org.megaetl.connector.ethereum;

/**
 * How far the chain can be read.
 *
 * @param latest the number of its latest block
 * @param target the number of the last block to read
 * @param targetHash the hash of that block
 * @param finalized the number of the last block that will not be taken back; -1 if there
 * is none
 */
record Heads(long latest, long target, String targetHash, long finalized) {

}
