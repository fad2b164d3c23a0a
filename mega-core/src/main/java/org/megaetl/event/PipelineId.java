package org.megaetl.event;

/**
 * What a pipeline's state in the database is stored under.
 *
 * @param namespace the application, so that two on one database never meet
 * @param pipeline the pipeline's name, or the id its inbound keeps when it is renamed
 */
public record PipelineId(String namespace, String pipeline) {

}
