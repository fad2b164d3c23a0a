package org.megaetl.documentation;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import org.springframework.stereotype.Component;

@Component("note")
class NoteTransformer implements Transformer {

	@Override
	public List<Row> transform(Event event) {
		return List.of(Row.insert("notes").set("text", event.text()));
	}

	@Override
	public String initDdl() {
		return "CREATE TABLE IF NOT EXISTS notes (id BIGINT AUTO_INCREMENT PRIMARY KEY, text TEXT)";
	}

}
